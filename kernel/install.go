//go:build unix

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"multiprocessing/kernel/internal/setup"
)

func installCommand() *cobra.Command {
	var name, prefix string
	var force bool
	cmd := &cobra.Command{
		Use:   "install",
		Short: "Register the kernel in your own Jupyter, or for every user of the machine",
		Long: "install builds the kernel's tools and registers the kernel in your own Jupyter. Cells of that kernel find\n" +
			"this checkout's packages, at the versions of its go.mod.\n\n" +
			"With --prefix, for example /usr/local, it is for every user of the machine, unless PREFIX is in your home. It then\n" +
			"has its own copies of the course's packages and of all that they need, in PREFIX/lib/multiprocessing, which only\n" +
			"you can write to. Run it again to update them. They need 1.1 GB.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			env, err := setup.Locate(cmd.Context(), ".")
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			install := installForOne
			switch everyone, why := setup.ForEveryone(prefix); {
			case setup.Prepared(): // for those who can read what was prepared
			case everyone:
				fmt.Fprintln(out, "This kernel will start for every user of this machine.")
				install = installForEveryone
			default:
				fmt.Fprintf(out, "This kernel will start for you alone: %s. For every user of this machine, an administrator runs \"go run ./kernel install --prefix /usr/local\".\n", why)
			}
			folder, err := install(cmd, env, name, prefix, force)
			if err == nil {
				fmt.Fprintf(out, "Kernel %q is in %s.\n", name, folder)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&name, "name", setup.KernelName, "the kernel's name; the course's notebooks ask for "+setup.KernelName)
	cmd.Flags().StringVar(&prefix, "prefix", "", "install below this folder, for every user (default: for you alone)")
	cmd.Flags().BoolVar(&force, "force", false, "replace another kernel of that name")
	return cmd
}

func installForOne(cmd *cobra.Command, env *setup.Environment, name, prefix string, force bool) (folder string, err error) {
	release, err := env.Ready(cmd.Context(), cmd.OutOrStdout())
	if err != nil {
		return "", err
	}
	defer release()
	return env.Install(name, prefix, force)
}

func installForEveryone(cmd *cobra.Command, env *setup.Environment, name, prefix string, force bool) (folder string, err error) {
	release, err := env.Use() // which kernels were installed is noted there
	if err != nil {
		return "", err
	}
	defer release()
	return env.InstallForEveryone(cmd.Context(), name, prefix, force, cmd.OutOrStdout())
}
