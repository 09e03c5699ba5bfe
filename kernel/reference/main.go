// Command reference stores pictures of executed notebooks as the files that their text shows a reader whose machine is busy:
//
//	go run ./kernel run --in-place notebooks/01-why-parallel.ipynb
//	go run ./kernel/reference notebooks/01-why-parallel.ipynb
//
// A text shows the picture of the cell ID as ![...](reference/ID.svg). The command writes the last picture of that cell, on
// white, since an image in a page does not know the page's theme. It refuses a picture that says that it is not a result: run
// the notebook again while the cores are free.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"multiprocessing/kernel/coursebook"
)

func main() {
	var err error
	for _, path := range os.Args[1:] {
		err = errors.Join(err, save(path))
	}
	if len(os.Args) < 2 {
		err = errors.New("give the notebooks whose pictures to store")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

var shown = regexp.MustCompile(`!\[[^\]]*\]\((reference/([\w-]+)\.svg)\)`)

// save writes the pictures that the text of a notebook shows.
func save(path string) error {
	book, err := coursebook.Read(path)
	if err != nil {
		return err
	}
	for _, cell := range book.Cells {
		if cell.Type != "markdown" {
			continue
		}
		for _, link := range shown.FindAllStringSubmatch(string(cell.Source), -1) {
			svg, err := picture(book, link[2])
			if err != nil {
				return fmt.Errorf("%s: cell %s: %w", path, link[2], err)
			}
			file := filepath.Join(filepath.Dir(path), filepath.FromSlash(link[1]))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				return err
			}
			if err := os.WriteFile(file, []byte(svg), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

var drawing = regexp.MustCompile(`(?s)<svg\b[^>]*>.*?</svg>`)

// picture returns the last picture that the cell of that ID shows, on white.
func picture(book coursebook.Book, id string) (svg string, err error) {
	for _, cell := range book.Cells {
		if cell.ID != id {
			continue
		}
		for _, output := range cell.Outputs {
			for _, data := range output.Data {
				if all := drawing.FindAllString(string(data), -1); all != nil {
					svg = all[len(all)-1]
				}
			}
		}
	}
	switch {
	case svg == "":
		return "", errors.New("it shows no picture: execute the notebook first")
	case strings.Contains(svg, "not a result"):
		return "", errors.New("its picture is not a result: execute the notebook again while the cores are free")
	}
	head, rest, _ := strings.Cut(svg, ">")
	return head + ` color="#222"><rect width="100%" height="100%" fill="white"/>` + rest + "\n", nil
}
