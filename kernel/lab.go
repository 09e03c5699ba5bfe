//go:build unix

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/jupyter"
	"multiprocessing/kernel/internal/setup"
)

// firstNotebook is the one that a reader starts with.
const firstNotebook = "00-start-here.ipynb"

func labCommand() *cobra.Command {
	lab := jupyter.Lab{IP: "127.0.0.1"}
	var noBrowser bool
	cmd := &cobra.Command{
		Use:   "lab [NOTEBOOK]",
		Short: "Run JupyterLab on the course, until Ctrl-C",
		Long:  "lab sets up what is missing and runs JupyterLab on the course's notebooks, until Ctrl-C.",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if lab.Port < 0 || lab.Port > 65535 {
				return fmt.Errorf("lab: --port %d: use a port from 1 to 65535", lab.Port)
			}
			if setup.Headless() {
				return errors.New("lab: JupyterLab is not in this set-up: unset " + envvar.Headless + ", or use run")
			}
			env, err := setup.LocateWithPython(cmd.Context(), ".")
			if err != nil {
				return err
			}
			if lab.Notebook, err = notebookBelow(filepath.Join(env.Module, "notebooks"), args); err != nil {
				return err
			}
			if err := lab.Check(cmd.Context()); err != nil {
				return err
			}
			release, err := env.ReadyForLab(cmd.Context(), cmd.OutOrStdout())
			if err != nil {
				return err
			}
			defer release()
			if ip := net.ParseIP(lab.IP); lab.IP != "localhost" && (ip == nil || !ip.IsLoopback()) {
				fmt.Fprintf(cmd.ErrOrStderr(), "kernel: --ip %s: whoever reaches this address and has the token can run programs as you\n", lab.IP)
			}
			lab.Browser = !noBrowser
			return lab.Run(cmd.Context(), env, cmd.OutOrStdout())
		},
	}
	cmd.Flags().IntVar(&lab.Port, "port", 0, "port to listen on (default: the first free one from 8888 on)")
	cmd.Flags().StringVar(&lab.IP, "ip", lab.IP, "address to listen on")
	cmd.Flags().BoolVar(&noBrowser, "no-browser", false, "print the URL and open no browser")
	return cmd
}

// notebookBelow returns the path below folder of the notebook that args name: as a path, or as a name in folder.
func notebookBelow(folder string, args []string) (string, error) {
	if len(args) == 0 {
		return firstNotebook, nil
	}
	for _, path := range []string{args[0], filepath.Join(folder, args[0])} {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		absolute, err := filepath.Abs(path)
		if err != nil {
			return "", err
		}
		if absolute, err = filepath.EvalSymlinks(absolute); err != nil {
			return "", err
		}
		below, err := filepath.Rel(folder, absolute)
		if err != nil || below == ".." || strings.HasPrefix(below, ".."+string(filepath.Separator)) {
			return "", fmt.Errorf("lab: %s is outside %s; JupyterLab serves the notebooks in there", args[0], folder)
		}
		return below, nil
	}
	return "", errors.New("lab: no notebook " + args[0] + "; \"ls notebooks\" lists them")
}
