package main

import "testing"

// What a client tells the kernel of its notebook is for the cells alone: not for kernels that a cell starts.
func TestACellKnowsItsNotebookAndWhatItStartsDoesNot(t *testing.T) {
	c := startKernel(t, setUp(t), "JPY_SESSION_NAME=/course/a.ipynb")
	c.execute("%%\nfmt.Println(os.Getenv(\"MULTIPROCESSING_NOTEBOOK\"), \"and\", os.Getenv(\"JPY_SESSION_NAME\"))").wantOK("/course/a.ipynb and \n")
	c.execute("!echo [$JPY_SESSION_NAME]").wantOK("[]\n")
	nested := startKernel(t, setUp(t), "JPY_SESSION_NAME=", "MULTIPROCESSING_NOTEBOOK=/course/a.ipynb")
	nested.execute("!echo [$MULTIPROCESSING_NOTEBOOK]").wantOK("[]\n")
}
