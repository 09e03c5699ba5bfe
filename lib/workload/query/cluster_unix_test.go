//go:build unix

package query_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// startCluster makes a PostgreSQL cluster in a temporary folder that only
// its user can enter, and starts it on a Unix socket in there.
func startCluster() (dsn string, end func() error, err error) {
	programs, err := postgresPrograms()
	if err != nil {
		return "", nil, err
	}
	folder, err := os.MkdirTemp("", "postgres-")
	if err != nil {
		return "", nil, err
	}
	as, err := otherThanRoot(folder)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(folder))
	}
	end, err = launch(programs, folder, as)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(folder))
	}
	dsn = "host=" + folder + " user=postgres dbname=postgres sslmode=disable"
	if err := awaitServer(dsn); err != nil {
		log, _ := os.ReadFile(filepath.Join(folder, "log"))
		return "", nil, errors.Join(fmt.Errorf("PostgreSQL does not start: %w\n%s", err, log), end())
	}
	return dsn, end, nil
}

// postgresPrograms returns the folder of postgres and initdb. Debian keeps
// them off PATH.
func postgresPrograms() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			found = append(found, path)
		}
	}
	for i := len(found) - 1; i >= 0; i-- {
		folder := filepath.Dir(found[i])
		if _, err := os.Stat(filepath.Join(folder, "initdb")); err == nil {
			return folder, nil
		}
	}
	return "", errNone
}

// otherThanRoot gives the folder to another user if this one is root, as
// whom PostgreSQL refuses to run.
func otherThanRoot(folder string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no other user: %w", err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(folder, uid, gid)
}

// keeper runs the server until its own stdin ends, as it does even when the
// test is killed; so no server and no folder is left behind.
const keeper = `
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -F >"$2/log" 2>&1 &
cat >/dev/null
kill -INT $!
wait $!
rm -rf "$2"
`

func launch(programs, folder string, as *syscall.SysProcAttr) (end func() error, err error) {
	environment := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "LC_ALL=C"}
	initdb := exec.Command(filepath.Join(programs, "initdb"), "-D", filepath.Join(folder, "data"),
		"-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
	initdb.SysProcAttr, initdb.Env, initdb.Dir = as, environment, folder
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("making a PostgreSQL cluster: %w\n%s", err, out)
	}
	server := exec.Command("sh", "-c", keeper, "sh", programs, folder)
	server.SysProcAttr, server.Env, server.Dir = as, environment, "/"
	stdin, err := server.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, err
	}
	return func() error { return stopServer(server, stdin, folder) }, nil
}

func stopServer(server *exec.Cmd, stdin io.Closer, folder string) error {
	err := errors.Join(stdin.Close(), server.Wait())
	if _, left := os.Stat(folder); !errors.Is(left, os.ErrNotExist) {
		err = errors.Join(err, fmt.Errorf("%s is left", folder), os.RemoveAll(folder))
	}
	return err
}

func awaitServer(dsn string) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if err = db.PingContext(context.Background()); err == nil || time.Now().After(deadline) {
			return err
		}
	}
}
