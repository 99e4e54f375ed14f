//go:build !linux

package servicestest

import "syscall"

// tied can promise nothing elsewhere: a server outlives a test that is killed.
func tied() *syscall.SysProcAttr { return nil }
