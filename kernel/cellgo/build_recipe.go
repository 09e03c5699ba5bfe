package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// recipe is how the real go command builds a cell under one setting. It is read from the go command's own output.
type recipe struct {
	Compile, Link tool
	Environment   []string // for both tools
	Always        []string // packages that every program links
	Info          string   // the build information of a program without dependencies, between its Marks
	Marks         [2][]byte
}

// tool is a command line with the placeholders below.
type tool struct {
	Environment []string
	Args        []string
}

// Placeholders for what differs between cells. The first is the go command's own, for its temporary folder.
const (
	holdWork   = "$WORK"
	holdOutput = "$OUTPUT"
	holdConfig = "$CONFIG"
	holdID     = "$ID"
	holdInput  = "$INPUT"
)

func (t tool) fill(values ...string) []string {
	replacer := strings.NewReplacer(values...)
	args := make([]string, len(t.Args))
	for i, arg := range t.Args {
		args[i] = replacer.Replace(arg)
	}
	return args
}

// prepare asks the real go command for everything that cell c needs and that is not in p. It does so in a new folder with
// the cell's go.mod, so that the cell itself need not compile.
func (p *packages) prepare(ctx context.Context, goCommand, scratch string, c *compilation) error {
	folder := filepath.Join(scratch, "prepare")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	// The time makes the program new to the build cache, so that "go build -n" prints all commands.
	source := fmt.Sprintf("package main\n\nfunc main() { println(%d) }\n", time.Now().UnixNano())
	for name, content := range map[string][]byte{"go.mod": c.goMod, "go.sum": c.goSum, "main.go": []byte(source)} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			return err
		}
	}
	var recipes sync.WaitGroup
	var failed error
	if p.Recipe == nil {
		recipes.Go(func() { p.Recipe, failed = askRecipe(ctx, goCommand, folder, c.module.Module.Mod.Path, c.flags) })
	}
	found, err := askPackages(ctx, goCommand, folder, c.flags, append([]string{"runtime"}, c.imports...))
	recipes.Wait()
	if why := unsupported(""); errors.As(failed, &why) {
		p.Unusual = string(why)
	}
	if err := errors.Join(failed, err); err != nil {
		return err
	}
	before := maps.Clone(p.ByPath)
	defer p.forgetOutdated(before) // even if learn fails for some packages
	for _, l := range found {
		err = errors.Join(err, p.learn(l))
	}
	if edited := p.unconfirmed(before); len(edited) > 0 {
		again, failed := askPackages(ctx, goCommand, folder, c.flags, edited)
		err = errors.Join(err, failed, p.confirm(edited, again))
	}
	return err
}

// askGo runs the real go command in folder and returns what it prints.
func askGo(ctx context.Context, goCommand, folder string, args ...string) (stdout, stderr []byte, err error) {
	cmd := exec.CommandContext(ctx, goCommand, args...)
	cmd.Dir = folder
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, nil, fmt.Errorf("go %s: %w: %s", args[0], err, firstLine(errs.String()))
	}
	return out.Bytes(), errs.Bytes(), nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// askPackages runs "go list -export -deps", which compiles packages and their dependencies if necessary, and returns
// them.
func askPackages(ctx context.Context, goCommand, folder string, flags, paths []string) ([]*listed, error) {
	args := append([]string{"list", "-export", "-deps", "-json=" + listedFields}, flags...)
	out, _, err := askGo(ctx, goCommand, folder, append(append(args, "--"), paths...)...)
	if err != nil {
		return nil, err
	}
	var found []*listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		l := &listed{}
		if err := decoder.Decode(l); errors.Is(err, io.EOF) {
			return found, nil
		} else if err != nil {
			return nil, err
		}
		found = append(found, l)
	}
}

// askRecipe asks the real go command how it would build the program in folder, of module name.
func askRecipe(ctx context.Context, goCommand, folder, name string, flags []string) (*recipe, error) {
	_, printed, err := askGo(ctx, goCommand, folder, append([]string{"build", "-n", "-o", filepath.Join(folder, "out")}, flags...)...)
	if err != nil {
		return nil, err
	}
	r, err := readRecipe(string(printed), name)
	if err != nil {
		return nil, err
	}
	out, _, err := askGo(ctx, goCommand, folder, "env", "-json")
	if err != nil {
		return nil, err
	}
	settings := map[string]string{}
	if err := json.Unmarshal(out, &settings); err != nil {
		return nil, err
	}
	return r, r.settle(settings)
}

// settle adds the settings that the go command passes to its tools.
func (r *recipe) settle(settings map[string]string) error {
	flags, err := splitWords(settings["GOFLAGS"])
	if err != nil {
		return err
	}
	if err := checkFlags(flags); err != nil {
		return unsupported(err.Error())
	}
	for name, value := range settings {
		if name == "GOFIPS140" && value != "off" {
			return unsupported(name + "=" + value)
		}
		architecture := strings.HasPrefix(name, "GO"+strings.ToUpper(settings["GOARCH"]))
		if architecture || slices.Contains([]string{"GOROOT", "GOOS", "GOARCH", "GOEXPERIMENT", "CGO_ENABLED"}, name) {
			r.Environment = append(r.Environment, name+"="+value)
		}
	}
	slices.Sort(r.Environment)
	return nil
}

// readRecipe parses the output of "go build -n" for how the program of module name is compiled and linked.
func readRecipe(printed, name string) (*recipe, error) {
	r := &recipe{}
	scanner := bufio.NewScanner(strings.NewReader(printed))
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		line := scanner.Text()
		switch {
		case strings.HasPrefix(line, "packagefile "):
			if path, _, _ := strings.Cut(strings.TrimPrefix(line, "packagefile "), "="); path != name {
				r.Always = append(r.Always, path)
			}
		case strings.HasPrefix(line, "modinfo "):
			if err := r.readInfo(strings.TrimPrefix(line, "modinfo ")); err != nil {
				return nil, err
			}
		case strings.Contains(line, "compile ") && strings.Contains(line, " -p main "):
			if err := r.Compile.read(line, "-o", holdOutput, "-importcfg", holdConfig, "-buildid", holdID); err != nil {
				return nil, err
			}
		case strings.Contains(line, "link ") && strings.Contains(line, " -importcfg "):
			if err := r.Link.read(line, "-o", holdOutput, "-importcfg", holdConfig, "-buildid", holdID); err != nil {
				return nil, err
			}
		}
	}
	if len(r.Compile.Args) == 0 || len(r.Link.Args) == 0 || r.Info == "" {
		return nil, unsupported("the output of go build -n has an unknown format")
	}
	return r, scanner.Err()
}

// readInfo removes the marks from the build information and checks that Go's own parser can read it.
func (r *recipe) readInfo(quoted string) error {
	text, err := strconv.Unquote(quoted)
	if err != nil {
		return err
	}
	const mark = 16
	if len(text) < 2*mark {
		return errors.New("the build information has no marks")
	}
	r.Marks = [2][]byte{[]byte(text[:mark]), []byte(text[len(text)-mark:])}
	r.Info = text[mark : len(text)-mark]
	_, err = debug.ParseBuildInfo(r.Info)
	return err
}

// infoOf returns the build information of a program of that name with these modules, as a line for the linker.
func (r *recipe) infoOf(name string, modules []*debug.Module) (string, error) {
	info, err := debug.ParseBuildInfo(r.Info)
	if err != nil {
		return "", err
	}
	info.Path, info.Main.Path, info.Deps = name, name, modules
	return fmt.Sprintf("modinfo %q\n", string(r.Marks[0])+info.String()+string(r.Marks[1])), nil
}

// read parses a command line, and replaces the flags' values and the last argument with placeholders. After that only
// the compiler's -trimpath may refer to the go command's temporary folder.
func (t *tool) read(line string, flags ...string) error {
	words, err := splitWords(line)
	if err != nil {
		return err
	}
	for len(words) > 0 && strings.Contains(words[0], "=") {
		t.Environment, words = append(t.Environment, words[0]), words[1:]
	}
	for i := 0; i < len(flags); i += 2 {
		if !setFlag(words, flags[i], flags[i+1]) {
			return unsupported("flag " + flags[i] + " is missing in: " + line)
		}
	}
	words[len(words)-1] = holdInput
	for _, word := range words {
		if strings.Contains(word, holdWork) && word != holdWork+"/b001=>" {
			return unsupported("unknown use of the temporary folder: " + word)
		}
	}
	t.Args = words
	return nil
}

// setFlag changes the value of a flag, in the form -flag value or -flag=value, and reports whether the flag was found.
func setFlag(words []string, flag, value string) bool {
	for i, word := range words[:len(words)-1] {
		if word == flag {
			words[i+1] = value
			return true
		}
		if strings.HasPrefix(word, flag+"=") {
			words[i] = flag + "=" + value
			return true
		}
	}
	return false
}

// splitWords splits a line like a shell, with quotes but without escapes.
func splitWords(line string) ([]string, error) {
	if strings.Contains(line, `\`) {
		return nil, unsupported("unsupported escape in: " + line)
	}
	var words []string
	var word strings.Builder
	var quote rune
	begun := false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, begun = r, true
		case quote == 0 && (r == ' ' || r == '\t'):
			if begun {
				words = append(words, word.String())
				word.Reset()
				begun = false
			}
		default:
			begun = true
			word.WriteRune(r)
		}
	}
	if quote != 0 {
		return nil, unsupported("unclosed quote in: " + line)
	}
	if begun {
		words = append(words, word.String())
	}
	return words, nil
}
