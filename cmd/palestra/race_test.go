//go:build race

package main

// shadow is how much more memory a program holds under the race detector, which keeps with each word of it two words of who
// has touched it.
const shadow = 3
