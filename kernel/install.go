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
		Short: "Register the kernel in your own Jupyter",
		Long: "install builds the kernel's tools and registers the kernel in your own Jupyter. Cells of that kernel find\n" +
			"this checkout's packages, at the versions of its go.mod.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			env, err := setup.Locate(cmd.Context(), ".")
			if err != nil {
				return err
			}
			if !setup.Prepared() {
				fmt.Fprintln(cmd.OutOrStdout(), "This kernel will start for you alone: its tools are in your cache folder. For all users of this machine, each runs \"go run ./kernel install\" in a checkout of their own, or uses the container image (docs/image.md).")
			}
			release, err := env.Ready(cmd.Context(), cmd.OutOrStdout())
			if err != nil {
				return err
			}
			defer release()
			folder, err := env.Install(name, prefix, force)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Kernel %q is in %s.\n", name, folder)
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "name", setup.KernelName, "the kernel's name; the course's notebooks ask for "+setup.KernelName)
	cmd.Flags().StringVar(&prefix, "prefix", "", "install below this folder, as of a virtual environment (default: for this user)")
	cmd.Flags().BoolVar(&force, "force", false, "replace another kernel of that name")
	return cmd
}
