// Package workload holds nothing itself: its folders hold the work of slides
// 3 and 11, on which the course tries every mechanism. A notebook cell
// imports the one that it needs.
//
// Slide 3 sorts algorithms by the data that workers must transfer:
//
//	folder      work                              slide  class                    between workers
//	mandelbrot  independent loop over rows        3      embarrassingly parallel  nothing
//	dataset     map and reduce over a CSV file    3      embarrassingly parallel  12 sums a chunk, at the end
//	integral    integration                       3      embarrassingly parallel  1 number a block, at the end
//	montecarlo  pi, the price of an option        3      embarrassingly parallel  1 to 3 numbers a block, at the end
//	crossval    fits of a model                   3      embarrassingly parallel  1 number a fit, at the end
//	mergesort   sorting                           3      somewhat parallel        all items, in every merge
//	heat        heat equation                     3      inherently serial        2 rows a worker, in every step
//	download    files over HTTP                   11     bound by waiting         nothing
//	query       SQL                               11     bound by waiting         nothing
//
// Every folder has the serial form. Where the work falls into tasks, it has
// the task, for the cell to give to goroutine.Map, pool.Map or process.Map;
// where the parallel algorithm is the lesson (mergesort, heat, download), it
// has that too. The number of workers never changes an answer, not in its
// last bit.
//
// crossval links gonum, download net/http, and query two SQL drivers; the
// others link little, and their cells build fast.
package workload
