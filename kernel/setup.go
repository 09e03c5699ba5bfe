//go:build unix

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"multiprocessing/kernel/internal/setup"
)

func setupCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "setup",
		Short: "Set up what is missing, and start nothing",
		Long: "setup makes all that lab and run need, so that their first start is as quick as the next and needs no network:\n" +
			"before a class, on a machine that will be offline, or in an image.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			env, err := setup.LocateWithPython(cmd.Context(), ".")
			if err != nil {
				return err
			}
			release, err := env.Ready(cmd.Context(), cmd.OutOrStdout())
			if err != nil {
				return err
			}
			defer release()
			fmt.Fprintln(cmd.OutOrStdout(), "Everything is set up in", env.Parts)
			return nil
		},
	}
}
