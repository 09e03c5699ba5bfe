package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// git runs git in a folder, with none of the user's settings.
func git(t *testing.T, folder string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), gitSettings...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %q: %v: %s", args, err, out)
	}
	return string(out)
}

var gitSettings = []string{
	"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
	"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
}

// publish writes the files of a course, deletes those without content, and commits.
func publish(t *testing.T, course string, files map[string]string) {
	t.Helper()
	for path, content := range files {
		if content == "" {
			if err := os.Remove(filepath.Join(course, path)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		put(t, filepath.Join(course, path), content)
	}
	git(t, course, "add", "--all")
	git(t, course, "commit", "--quiet", "-m", "change")
}

// cloned publishes a course with notebooks, and returns it and a reader's clone.
func cloned(t *testing.T, files map[string]string) (course, clone string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git to make a clone with")
	}
	course, clone = filepath.Join(t.TempDir(), "course"), filepath.Join(t.TempDir(), "clone")
	put(t, filepath.Join(course, "go.mod"), "module multiprocessing\n")
	git(t, course, "init", "--quiet", "--initial-branch=main")
	publish(t, course, files)
	git(t, filepath.Dir(clone), "clone", "--quiet", course, clone)
	return course, clone
}

// update runs the command in a reader's clone.
func update(t *testing.T, clone string, args ...string) result {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"update"}, args...)...)
	cmd.Dir = clone
	cmd.Env = append(os.Environ(), gitSettings...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run()
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// filesIn returns the contents of all files of a clone, by their paths.
func filesIn(t *testing.T, clone string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(clone, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.Name() == ".git":
			return fs.SkipDir
		case entry.IsDir():
			return nil
		}
		content, err := os.ReadFile(path)
		below, _ := filepath.Rel(clone, path)
		files[below] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestAnUpdateNeverLosesAReadersText has a notebook for each thing that a reader and the course may have done to it.
func TestAnUpdateNeverLosesAReadersText(t *testing.T) {
	t.Parallel()
	const own = "the reader's"
	type does struct{ course, reader string } // the new content; "" deletes, "same" leaves
	notebooks := map[string]does{}
	for _, course := range []string{"same", "new", ""} {
		for _, reader := range []string{"same", own, ""} {
			notebooks["notebooks/"+strings.Join([]string{"0", course, strings.Fields(reader + " none")[0]}, "-")+".ipynb"] = does{course, reader}
		}
	}
	old, next := map[string]string{}, map[string]string{"notebooks/13-added.ipynb": "new", "notebooks/14-of-both.ipynb": "new", "lib/lib.go": "new"}
	for path, does := range notebooks {
		old[path] = "old " + path
		if does.course != "same" {
			next[path] = does.course
		}
	}
	course, clone := cloned(t, old)
	for path, does := range notebooks {
		switch does.reader {
		case own:
			put(t, filepath.Join(clone, path), own+path)
		case "":
			if err := os.Remove(filepath.Join(clone, path)); err != nil {
				t.Fatal(err)
			}
		}
	}
	put(t, filepath.Join(clone, "notebooks", "14-of-both.ipynb"), own)
	put(t, filepath.Join(clone, "notebooks", "untitled.ipynb"), own)
	put(t, filepath.Join(clone, "notebooks", "mine-14-of-both.ipynb"), own+" first")
	publish(t, course, next)

	want := map[string]string{
		"go.mod": "module multiprocessing\n", "lib/lib.go": "new",
		"notebooks/13-added.ipynb": "new", "notebooks/14-of-both.ipynb": "new", "notebooks/mine-14-of-both-2.ipynb": own,
		"notebooks/untitled.ipynb": own, "notebooks/mine-14-of-both.ipynb": own + " first",
	}
	for path, does := range notebooks {
		switch {
		case does.course == "same" && does.reader == own:
			want[path] = own + path
		case does.course == "same":
			want[path] = old[path]
		case does.course == "new":
			want[path] = "new"
		}
		if does.course != "same" && does.reader == own {
			want[filepath.Join("notebooks", "mine-"+filepath.Base(path))] = own + path
		}
	}
	for _, says := range []string{"notebooks/13-added.ipynb is new.\n", "The course is up to date.\n"} {
		r := update(t, clone)
		if r.code != 0 || r.stderr != "" || !strings.Contains(r.stdout, says) {
			t.Errorf("exit status %d, %q, %q; want %q", r.code, r.stdout, r.stderr, says)
		}
		got := filesIn(t, clone)
		for path, content := range want {
			if got[path] != content {
				t.Errorf("%s is %q, want %q", path, got[path], content)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d files, want %d: %v", len(got), len(want), got)
		}
	}
}

func TestAnUpdateThatCannotBeDoneChangesNothing(t *testing.T) {
	t.Parallel()
	const notebook = "notebooks/05-primes.ipynb"
	for name, test := range map[string]struct {
		spoil func(t *testing.T, course, clone string)
		want  string
	}{
		"no network": {func(t *testing.T, course, _ string) {
			if err := os.Rename(course, course+"-away"); err != nil {
				t.Fatal(err)
			}
		}, "nothing was changed"},
		"own commits":            {func(t *testing.T, _, clone string) { git(t, clone, "commit", "--quiet", "--all", "-m", "mine") }, `"git pull" merges them`},
		"a staged change":        {func(t *testing.T, _, clone string) { git(t, clone, "add", notebook) }, "nothing was changed"},
		"code that both changed": {func(t *testing.T, _, clone string) { put(t, filepath.Join(clone, "lib/lib.go"), "mine") }, "you changed lib/lib.go"},
		"another git at work":    {func(t *testing.T, _, clone string) { put(t, filepath.Join(clone, ".git/index.lock"), "") }, "nothing was changed"},
		"no branch":              {func(t *testing.T, _, clone string) { git(t, clone, "checkout", "--quiet", "--detach") }, "git branch --set-upstream-to"},
		"no clone":               {func(t *testing.T, _, clone string) { os.RemoveAll(filepath.Join(clone, ".git")) }, "is not a clone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			course, clone := cloned(t, map[string]string{notebook: "old", "lib/lib.go": "old"})
			put(t, filepath.Join(clone, notebook), "mine")
			publish(t, course, map[string]string{notebook: "new", "lib/lib.go": "new"})
			test.spoil(t, course, clone)
			before := filesIn(t, clone)
			update(t, clone).wantError(t, "update: ", test.want)
			after := filesIn(t, clone)
			for path, content := range before {
				if after[path] != content {
					t.Errorf("%s became %q", path, after[path])
				}
			}
			if len(after) != len(before) {
				t.Errorf("the files are now %v", after)
			}
		})
	}
}

func TestANotebookIsResetAndTheReadersIsKept(t *testing.T) {
	t.Parallel()
	const notebook = "notebooks/05-primes.ipynb"
	course, clone := cloned(t, map[string]string{notebook: "old", "notebooks/06-pool.ipynb": "old", "notebooks/solutions/05-primes-solution.ipynb": "old"})
	if err := os.Rename(course, course+"-away"); err != nil { // no network is needed
		t.Fatal(err)
	}
	for i, name := range []string{notebook, "05-primes.ipynb", filepath.Join(clone, notebook)} {
		put(t, filepath.Join(clone, notebook), "mine "+name)
		r := update(t, clone, "--reset", name)
		kept := "notebooks/mine-05-primes" + []string{"", "-2", "-3"}[i] + ".ipynb"
		if want := notebook + " is the course's again; yours is " + kept + ".\n"; r.code != 0 || r.stdout != want {
			t.Errorf("exit status %d, %q, %q; want %q", r.code, r.stdout, r.stderr, want)
		}
		if got := filesIn(t, clone); got[notebook] != "old" || got[kept] != "mine "+name {
			t.Errorf("the files are now %v", got)
		}
	}
	if r := update(t, clone, "--reset", notebook); r.code != 0 || r.stdout != notebook+" is as the course has it.\n" {
		t.Errorf("exit status %d, %q, %q", r.code, r.stdout, r.stderr)
	}
	if err := os.RemoveAll(filepath.Join(clone, "notebooks", "solutions")); err != nil {
		t.Fatal(err)
	}
	if r := update(t, clone, "--reset", "solutions/05-primes-solution.ipynb"); r.code != 0 || filesIn(t, clone)["notebooks/solutions/05-primes-solution.ipynb"] != "old" {
		t.Errorf("exit status %d, %q, %q", r.code, r.stdout, r.stderr)
	}
	for name, want := range map[string]string{
		"no-such.ipynb": "not one of the course's notebooks", "go.mod": "not one of the course's notebooks",
		"notebooks/mine-05-primes.ipynb": "not one of the course's notebooks", "../x.ipynb": "not one of the course's notebooks",
	} {
		update(t, clone, "--reset", name).wantError(t, "update: "+name, want)
	}
	put(t, filepath.Join(clone, notebook), "staged")
	git(t, clone, "add", notebook)
	put(t, filepath.Join(clone, notebook), "later")
	before := filesIn(t, clone)
	update(t, clone, "--reset", "06-pool.ipynb", notebook).wantError(t, "you staged a change of "+notebook)
	if after := filesIn(t, clone); len(after) != len(before) || after[notebook] != "later" {
		t.Errorf("the files are now %v", after)
	}
	update(t, clone, "--reset").wantError(t, "update: name a notebook, as in: go run ./kernel update --reset notebooks/05-primes.ipynb")
	update(t, clone, notebook).wantError(t, "update: "+notebook+" is named without --reset")
}

// What a reader's notebook is called must not make it one of the course's, for its tests and its book.
func TestAReadersNotebookIsNotTakenForTheCourses(t *testing.T) {
	ignored, err := os.ReadFile("../.gitignore")
	if err != nil || !slices.Contains(strings.Split(string(ignored), "\n"), "/notebooks/**/mine-*.ipynb") {
		t.Errorf("git would commit a reader's notebook: %v, %s", err, ignored)
	}
	if course, err := filepath.Match("[0-9][0-9]*-*.ipynb", "mine-05-primes.ipynb"); course || err != nil {
		t.Errorf("mine-05-primes.ipynb counts as a chapter, %v", err)
	}
}
