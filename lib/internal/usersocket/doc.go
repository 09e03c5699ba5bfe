// Package usersocket opens Unix sockets for processes of the same user only,
// with names that nobody can guess: packages message and cluster talk to
// other processes of the program through them, and listen on no network.
package usersocket
