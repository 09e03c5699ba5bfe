package setup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"multiprocessing/internal/envvar"
	"multiprocessing/kernel/internal/process"
	"multiprocessing/kernel/internal/reason"
)

// OfOthers describes the kernels for every user that this user's clean does not remove, a line for each: another user
// installed them.
func OfOthers() (lines []string) {
	cache, err := cacheFolder()
	if err != nil {
		return nil
	}
	for _, folder := range (&Environment{Cache: cache}).notedByOthers() {
		how := "who can run clean"
		if mine(folder) {
			how = "who noted it in another cache folder: name that in XDG_CACHE_HOME and run clean again"
		}
		lines = append(lines, fmt.Sprintf("%s, for every user: it belongs to %s, %s", folder, ownerOf(folder), how))
	}
	return lines
}

// notedByOthers lists the folders of kernels for every user that Jupyter finds on this machine and that are not in this
// user's list of installed kernels.
func (e *Environment) notedByOthers() []string {
	noted, _ := e.Installed()
	var found []string
	for _, data := range append(filepath.SplitList(os.Getenv("JUPYTER_PATH")), "/usr/local/share/jupyter", "/usr/share/jupyter") {
		entries, _ := os.ReadDir(filepath.Join(data, "kernels"))
		for _, entry := range entries {
			folder := filepath.Join(data, "kernels", entry.Name())
			spec, err := readSpec(folder)
			if err == nil && spec.ours() && spec.Env[envvar.Shared] != "" && !slices.Contains(noted, folder) && !slices.Contains(found, folder) {
				found = append(found, folder)
			}
		}
	}
	return found
}

// sharedPlaces lists the shared places of those kernels, in folders with their kernelspecs, that clean removes. It returns
// an error if one is in use. A kernelspec may name any folder, so only the one is taken that install would have used, and
// only if none but this user and root can have changed it.
func sharedPlaces(folders []string) (places []string, err error) {
	for _, folder := range folders {
		spec, err := readSpec(folder)
		if err != nil || spec.Env[envvar.Shared] == "" {
			continue
		}
		place, err := sharedPlace(filepath.Join(folder, "..", "..", "..", ".."))
		if err != nil || place != filepath.Dir(spec.Env[envvar.Shared]) || !mine(place) || onlyOurs(place) != nil || slices.Contains(places, place) {
			continue
		}
		if named := namedByOther(folders, filepath.Dir(folder), place); named != "" {
			return nil, fmt.Errorf("clean: %s needs %s, and is not in this user's list of kernels: remove that folder first", named, place)
		}
		if running := process.From(place); len(running) > 0 {
			return nil, fmt.Errorf("clean: kernels are using %s: %s; shut them down first", place, runningFrom(running))
		}
		places = append(places, place)
	}
	return places, nil
}

// namedByOther returns the folder of a kernelspec, of those in kernels but not in folders, of a kernel in place.
func namedByOther(folders []string, kernels, place string) string {
	entries, _ := os.ReadDir(kernels)
	for _, entry := range entries {
		folder := filepath.Join(kernels, entry.Name())
		spec, err := readSpec(folder)
		if err == nil && !slices.Contains(folders, folder) && filepath.Dir(spec.Env[envvar.Shared]) == place {
			return folder
		}
	}
	return ""
}

// cannotRemove says what clean cannot remove, and who can.
func cannotRemove(path string, err error) string {
	if errors.Is(err, os.ErrPermission) && !mine(path) {
		return fmt.Sprintf("%s: it belongs to %s, who can run clean", path, ownerOf(path))
	}
	return fmt.Sprintf("%s (%v): remove it by hand", path, reason.Of(err))
}
