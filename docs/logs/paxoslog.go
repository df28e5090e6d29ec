// Package paxoslog writes what a process does as a log for `paxos-playground check`: docs/logs.md has the words and keys.
package paxoslog

import (
	"encoding/json"
	"io"
	"sync"
	"time"
)

// Log is the log of one process. Any goroutine may use it.
type Log struct {
	node string
	mu   sync.Mutex
	out  *json.Encoder
}

// Keys are the keys of a line besides its time, its process and its word.
type Keys map[string]any

// Vote is what a promise reports; nil where there is none.
type Vote struct {
	Ballot string `json:"ballot"`
	Value  any    `json:"value"`
}

// New makes the log of a process.
func New(node string, out io.Writer) *Log {
	return &Log{node: node, out: json.NewEncoder(out)}
}

// Say writes a line: log.Say("voted", paxoslog.Keys{"ballot": "1.A", "value": "red"})
func (l *Log) Say(what string, keys Keys) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := Keys{"us": time.Now().UnixMicro(), "node": l.node, "what": what}
	for key, value := range keys {
		line[key] = value
	}
	return l.out.Encode(line)
}
