//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"multiprocessing/kernel/internal/folder"
	"multiprocessing/kernel/internal/jupyter"
	"multiprocessing/kernel/internal/setup"
)

// containerPort is the port that the image exposes.
const containerPort = 8888

// secretsFolder is where container engines put secrets.
const secretsFolder = "/run/secrets"

// containerCommand is what the image starts: JupyterLab for readers outside of the container, on a copy of the notebooks
// that they may change and keep.
func containerCommand() *cobra.Command {
	var health bool
	cmd := &cobra.Command{
		Use:    "container",
		Short:  "Run JupyterLab in a container, as the image does",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if health {
				return checkHealth(containerPort)
			}
			return serveContainer(cmd)
		},
	}
	cmd.Flags().BoolVar(&health, "health", false, "only ask whether JupyterLab answers")
	return cmd
}

func serveContainer(cmd *cobra.Command) error {
	login, err := loginFrom(os.LookupEnv, secretsFolder)
	if err != nil {
		return fmt.Errorf("container: %w", err)
	}
	for _, name := range loginSettings { // cells have no need of them
		os.Unsetenv(name)
	}
	env, err := setup.LocateWithPython(cmd.Context(), ".")
	if err != nil {
		return err
	}
	folder, err := filepath.Abs("notebooks")
	if err != nil {
		return err
	}
	if err := copyNotebooks(cmd.ErrOrStderr(), filepath.Join(env.Module, "notebooks"), folder); err != nil {
		return fmt.Errorf("container: %w", err)
	}
	release, err := env.Ready(cmd.Context(), cmd.OutOrStdout())
	if err != nil {
		return err
	}
	defer release()
	lab := jupyter.Lab{Notebook: firstNotebook, Copies: folder, IP: "0.0.0.0", Port: containerPort, Login: login}
	return lab.Run(cmd.Context(), env, cmd.OutOrStdout())
}

// checkHealth asks JupyterLab for what it tells everyone: its version.
func checkHealth(port int) error {
	client := http.Client{Timeout: 4 * time.Second}
	response, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d/api", port))
	if err != nil {
		return fmt.Errorf("container: JupyterLab does not answer: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("container: JupyterLab answers %s", response.Status)
	}
	return nil
}

// loginSettings are the environment variables that loginFrom reads.
var loginSettings = []string{"TOKEN", "TOKEN_FILE", "PASSWORD", "PASSWORD_FILE"}

// loginFrom takes the token and the password from the environment, from files that it names, or from the secrets that
// the engine has put into folder.
func loginFrom(lookup func(string) (string, bool), folder string) (login jupyter.Login, err error) {
	if login.Token, err = secret(lookup, folder, "TOKEN"); err != nil {
		return login, err
	}
	login.Password, err = secret(lookup, folder, "PASSWORD")
	return login, err
}

// secret returns what is given under name, and nothing when nothing is. An empty one is refused: it would let anyone in.
func secret(lookup func(string) (string, bool), folder, name string) (string, error) {
	value, given := lookup(name)
	path, named := lookup(name + "_FILE")
	switch {
	case given && named:
		return "", fmt.Errorf("%s and %s_FILE are both set; give one", name, name)
	case named:
		content, err := os.ReadFile(path)
		if err != nil {
			return "", fmt.Errorf("reading %s_FILE: %w", name, err)
		}
		value, given = string(content), true
	case !given:
		content, err := os.ReadFile(filepath.Join(folder, strings.ToLower(name)))
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("reading the secret: %w", err)
		}
		value = string(content)
	}
	if value = strings.TrimRight(value, "\r\n"); value == "" {
		return "", fmt.Errorf("%s is empty; give one, or leave it out for a new token at every start", name)
	}
	return value, nil
}

// copyNotebooks copies to a folder the notebooks that are missing in it, and changes none that is there. Where nothing
// is missing it may be read only.
func copyNotebooks(warn io.Writer, from, to string) error {
	missing := false
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		below, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, below)
		if _, err := os.Lstat(target); err == nil {
			return nil
		}
		missing = true
		if entry.IsDir() {
			return os.Mkdir(target, 0o755)
		}
		return copyFile(path, target)
	})
	if err != nil && missing {
		return fmt.Errorf("copying the notebooks: %w; %s", err, jupyter.WhoMayWrite(to))
	}
	if err != nil {
		return err
	}
	if folder.Writable(to) != nil {
		fmt.Fprintf(warn, "kernel: notebooks cannot be saved in %s; %s\n", to, jupyter.WhoMayWrite(to))
	}
	return nil
}

// copyFile makes a whole copy or none: one that was cut off would count as the reader's from then on.
func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	part := to + ".part"
	if err := os.WriteFile(part, content, 0o644); err != nil {
		_ = os.Remove(part)
		return err
	}
	return os.Rename(part, to)
}
