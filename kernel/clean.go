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
			"install registered, with what it made for every user. It says what it may not remove. It removes nothing while a\n" +
			"lab, a run or a kernel uses the folder. Go's own build and module caches stay; \"go clean -cache -modcache\" empties\n" +
			"them.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			removed, err := setup.Clean(cmd.Context())
			for _, folder := range removed {
				fmt.Fprintln(cmd.OutOrStdout(), "Removed", folder)
			}
			if err == nil && len(removed) == 0 {
				fmt.Fprintln(cmd.OutOrStdout(), "Nothing to remove.")
			}
			for _, kept := range setup.OfOthers() {
				fmt.Fprintln(cmd.ErrOrStderr(), "Left", kept)
			}
			return err
		},
	}
}
