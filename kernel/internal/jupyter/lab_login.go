package jupyter

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"multiprocessing/kernel/internal/setup"
)

// Login is what JupyterLab asks of its reader: a token always, which is a new one unless it is given, and a password
// as well if there is one. What is given is never printed.
type Login struct {
	Token    string
	Password string
}

// hint is what the printed URL ends with.
func (l Login) hint(token string) string {
	switch {
	case l.Password != "":
		return " and log in with your password."
	case l.Token != "":
		return " and log in with your token."
	}
	return "?token=" + token
}

// configure leads JupyterLab to the password's hash: in a file of the private temporary folder, where no other user can
// read it and no later start finds it.
func (l Login) configure(ctx context.Context, env *setup.Environment, f folders, cmd *exec.Cmd) error {
	if l.Password == "" {
		return nil
	}
	hash := exec.CommandContext(ctx, env.VenvPython(), "-c", "import sys; from jupyter_server.auth import passwd; print(passwd(sys.stdin.read()))")
	hash.Env = f.environment()
	hash.Stdin = strings.NewReader(l.Password)
	out, err := hash.Output()
	if err != nil {
		return fmt.Errorf("hashing the password: %w", err)
	}
	content, err := json.Marshal(map[string]any{
		"PasswordIdentityProvider": map[string]string{"hashed_password": strings.TrimSpace(string(out))},
	})
	if err != nil {
		return err
	}
	folder := filepath.Join(f.temp, "login")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("keeping the password's hash: %w", err)
	}
	if err := os.WriteFile(filepath.Join(folder, "jupyter_server_config.json"), content, 0o600); err != nil {
		return fmt.Errorf("keeping the password's hash: %w", err)
	}
	cmd.Env = append(cmd.Env, "JUPYTER_CONFIG_PATH="+folder)
	return nil
}
