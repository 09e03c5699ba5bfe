//go:build unix

package main

import (
	"fmt"
	"io"

	"multiprocessing/kernel/internal/jupyter"
)

// listParameters prints what the notebooks declare.
func listParameters(out io.Writer, notebooks []string, plans []jupyter.Plan) error {
	for i, plan := range plans {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if len(plan.Declared) == 0 {
			fmt.Fprintf(out, "%s has no parameters\n", notebooks[i])
			continue
		}
		fmt.Fprintf(out, "%s\n", notebooks[i])
		rows := [][]string{{"NAME", "TYPE", "DEFAULT", "LIMITS", "COMMENT"}}
		for _, p := range plan.Declared {
			rows = append(rows, []string{p.Name, orDash(p.Type), orDash(p.Default), orDash(p.Limits), p.Comment})
		}
		if err := printRows(out, rows); err != nil {
			return fmt.Errorf("run: printing the parameters: %w", err)
		}
	}
	return nil
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
