package setup

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"multiprocessing/kernel/internal/cellbuild"
	"multiprocessing/kernel/internal/usercache"
)

// seedStep copies the compiled standard library from this user's build cache, where the tools need it, too. Compiling it
// takes longest.
func (e *Environment) seedStep() step {
	seeded := part{e.shared, filepath.Join(e.shared, ".seeded")}
	return seeded.step("std", "copying the compiled standard library", func(ctx context.Context, _ string) error {
		cmd := e.goTool(ctx, slices.Concat([]string{"list", "-export", "-f", "{{.Export}}"}, cellbuild.Flags, []string{"std"})...)
		out, err := cmd.Output()
		if err != nil {
			return commandError(out, err)
		}
		return copyBuilt(e.Go.Cache, filepath.Join(e.shared, usercache.BuildCache), strings.Fields(string(out)))
	})
}

// copyBuilt copies files of the build cache in from to the one in to, with the records by which Go finds them. A record
// (its name ends in -a) is a line: version, action, output, size, time.
func copyBuilt(from, to string, files []string) error {
	wanted := map[string]string{} // path by output
	for _, path := range files {
		wanted[strings.TrimSuffix(filepath.Base(path), "-d")] = path
	}
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "-a") {
			return err
		}
		record, err := os.ReadFile(path)
		if err != nil {
			return nil // removed meanwhile
		}
		fields := strings.Fields(string(record))
		if len(fields) < 3 || wanted[fields[2]] == "" {
			return nil
		}
		for _, file := range []string{wanted[fields[2]], path} {
			content, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			target := filepath.Join(to, filepath.Base(filepath.Dir(file)), filepath.Base(file))
			if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
				return err
			}
			if err := os.WriteFile(target, content, 0o600); err != nil {
				return err
			}
		}
		return nil
	})
}
