// Package envvar names the product's environment variables, for both sides of each: who sets it, who reads it and what it
// means. Variables of tests are in the tests.
package envvar

// Set by readers and operators.
const (
	// Python names the Python to use in place of the first on PATH: for set-up, and for the library's comparisons. The
	// kernelspec sets it to the Python of the course's environment.
	Python = "MULTIPROCESSING_PYTHON"
	// PythonNoGIL names a free-threaded Python for the library's comparisons, in place of python3.14t and the like on PATH.
	PythonNoGIL = "MULTIPROCESSING_PYTHON_NOGIL"
	// Module names the checkout's folder to commands that run outside of it. The kernelspec sets it for cells: those
	// outside of any other module belong to the course's.
	Module = "MULTIPROCESSING_MODULE"
	// Setup names a folder for the parts of set-up, apart from the user's cache. The container image has them there: made
	// beforehand, for whichever user the container runs as, and perhaps on a file system that is read only.
	Setup = "MULTIPROCESSING_SETUP"
	// Headless, if not empty, leaves JupyterLab out of the Python environment: "kernel run" does not need it.
	Headless = "MULTIPROCESSING_HEADLESS"
	// Fast is "off" to have the real go command build all cells, and "explain" to print why it builds one.
	Fast = "MULTIPROCESSING_FAST"
	// History names a folder for the history of timings, in place of the user's.
	History = "MULTIPROCESSING_HISTORY"
	// Budget limits the time of each comparison of times, a duration such as 500ms. "kernel run --budget" sets it.
	Budget = "MULTIPROCESSING_BUDGET"
	// Postgres is the URL of a PostgreSQL server, which package query uses in place of SQLite.
	Postgres = "MULTIPROCESSING_POSTGRES"
)

// Set by the kernelspec.
const (
	// Go is the path of the real go command.
	Go = "MULTIPROCESSING_GO"
	// Cells names the folder in which the go command of cells caches what it has learned. If empty, the real one builds.
	Cells = "MULTIPROCESSING_CELLS"
	// OwnCells names the folder to write to if the one in Cells is read-only. Set-up passes it to the programs that start
	// kernels.
	OwnCells = "MULTIPROCESSING_OWN_CELLS"
	// Shared names the folder of a kernel that was installed for every user, which only its owner can write to. The front
	// then makes folders in the user's cache.
	Shared = "MULTIPROCESSING_SHARED"
	// FirstCell names the file that exists when a first cell can run.
	FirstCell = "MULTIPROCESSING_FIRST_CELL"
)

// Set by the front for GoNB, and so for cells.
const (
	// Builds names the file to which the go command of cells appends a report of each build.
	Builds = "MULTIPROCESSING_BUILDS"
	// Program names the file with the Go program that the go command of cells builds in place of GoNB's.
	Program = "MULTIPROCESSING_PROGRAM"
	// Refused names the file in which package parameter reports an invalid value.
	Refused = "MULTIPROCESSING_REFUSED"
	// Runs names the front's socket for runners.
	Runs = "MULTIPROCESSING_RUNS"
	// Runner is the path of the program that runs cells' programs.
	Runner = "MULTIPROCESSING_RUNNER"
	// Folder is the notebook's folder: cells belong to the module that contains it.
	Folder = "MULTIPROCESSING_FOLDER"
	// Notebook is the path of the notebook, or empty if the client does not send it. Package timing separates the runs of
	// notebooks by it.
	Notebook = "MULTIPROCESSING_NOTEBOOK"
)

// Set for programs of cells and for what they start.
const (
	// Displays names the folder for what a cell's program shows. The runner sets it; the library removes it from the
	// environment of other processes.
	Displays = "MULTIPROCESSING_DISPLAYS"
	// Cell is the path of the cell's pipe. The library sets it in processes that a cell's program starts, so that the front
	// finds them.
	Cell = "MULTIPROCESSING_CELL"
	// Worker makes a program a worker process of package process: the number of registered tasks.
	Worker = "MULTIPROCESSING_WORKER"
	// ExerciseLog names the file in which an exercise notes in which process it runs.
	ExerciseLog = "MULTIPROCESSING_EXERCISE_LOG"
	// Explore, and a cell's name in hexadecimal, is the choice of a cell with sliders. The page sets it with %env.
	Explore = "MULTIPROCESSING_EXPLORE_"
)

// Progress names the file to which our engine for papermill appends a line of JSON when a cell begins and when it ends.
// "kernel run" sets it.
const Progress = "MULTIPROCESSING_PROGRESS"

// Verdicts, if not empty, has checks of exercises add their verdicts to the outputs of their cells. "kernel run" sets it.
const Verdicts = "MULTIPROCESSING_VERDICTS"

// Session is Jupyter's own: its server, and our run, pass a kernel the path of its notebook in it. Cells do not get it: if
// a cell starts a Jupyter client, that client's kernels would take it for their own path.
const Session = "JPY_SESSION_NAME"
