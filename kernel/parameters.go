package main

import (
	"fmt"
	"io"
	"text/tabwriter"

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
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "  NAME\tTYPE\tDEFAULT\tLIMITS\tCOMMENT")
		for _, p := range plan.Declared {
			fmt.Fprintf(table, "  %s\t%s\t%s\t%s\t%s\n", p.Name, orDash(p.Type), orDash(p.Default), orDash(p.Limits), p.Comment)
		}
		if err := table.Flush(); err != nil {
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
