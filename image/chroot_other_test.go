//go:build !linux

package image

// chroot needs Linux.
type chroot struct{ docker }
