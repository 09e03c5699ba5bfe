//go:build unix

package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"multiprocessing/kernel/internal/setup"
)

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what is there, what is not, and what to do about it",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			healthy := true
			for _, finding := range setup.Examine(cmd.Context(), ".") {
				mark := "ok     "
				if !finding.OK {
					mark, healthy = "missing", false
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s  %-10s %s\n", mark, finding.Name, finding.Detail)
			}
			if !healthy {
				return errors.New("doctor: something is missing; each line above says what to do")
			}
			return nil
		},
	}
}
