//go:build unix

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"multiprocessing/kernel/internal/setup"
)

func cleanCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "clean",
		Short: "Remove everything that set-up made",
		Long: "clean removes the course's cache folder, but for the history of your timings in it, and the kernels that\n" +
			"install registered. It removes nothing while a lab, a run or a kernel uses the folder. Go's own build and module\n" +
			"caches stay; \"go clean -cache -modcache\" empties them.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			removed, err := setup.Clean(cmd.Context())
			for _, folder := range removed {
				fmt.Fprintln(cmd.OutOrStdout(), "Removed", folder)
			}
			if err == nil && len(removed) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "Nothing to remove.")
			}
			return err
		},
	}
}
