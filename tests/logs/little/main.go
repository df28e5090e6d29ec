// Three acceptors, and two proposers that meet. With the word bug, acceptors forget what they have promised.
package main

import (
	"fmt"
	"os"

	"paxoslog"
)

type ballot struct {
	number int
	owner  string
}

func (b ballot) String() string { return fmt.Sprintf("%d.%s", b.number, b.owner) }

func (b ballot) below(other ballot) bool {
	return b.number < other.number || b.number == other.number && b.owner < other.owner
}

type vote struct {
	ballot ballot
	value  string
}

type acceptor struct {
	name     string
	log      *paxoslog.Log
	promised ballot
	vote     *vote
}

var forgets = len(os.Args) > 1 && os.Args[1] == "bug"

func newAcceptor(name string) *acceptor {
	return &acceptor{name: name, log: paxoslog.New(name, os.Stdout)}
}

func (a *acceptor) prepare(b ballot) *vote {
	a.promised = b
	var last *paxoslog.Vote
	if a.vote != nil {
		last = &paxoslog.Vote{Ballot: a.vote.ballot.String(), Value: a.vote.value}
	}
	a.log.Say("promised", paxoslog.Keys{"ballot": b.String(), "vote": last})
	return a.vote
}

func (a *acceptor) accept(b ballot, value string) bool {
	if b.below(a.promised) && !forgets {
		a.log.Say("refused", paxoslog.Keys{"ballot": b.String(), "bound": a.promised.String()})
		return false
	}
	a.vote = &vote{b, value}
	a.log.Say("voted", paxoslog.Keys{"ballot": b.String(), "value": value})
	return true
}

func prepare(acceptors []*acceptor, b ballot, own string) string {
	acceptors[0].log.Say("tried", paxoslog.Keys{"ballot": b.String()})
	var last *vote
	for _, one := range acceptors {
		if v := one.prepare(b); v != nil && (last == nil || last.ballot.below(v.ballot)) {
			last = v
		}
	}
	if last == nil {
		return own
	}
	return last.value
}

func propose(acceptors []*acceptor, b ballot, value string) {
	var quorum []string
	for _, one := range acceptors {
		quorum = append(quorum, one.name)
	}
	acceptors[0].log.Say("began", paxoslog.Keys{"ballot": b.String(), "value": value, "quorum": quorum})
	isChosen := true
	for _, one := range acceptors {
		isChosen = one.accept(b, value) && isChosen
	}
	if isChosen {
		acceptors[0].log.Say("learned", paxoslog.Keys{"ballot": b.String(), "value": value})
	}
}

func main() {
	a, b, c := newAcceptor("A"), newAcceptor("B"), newAcceptor("C")
	a.log.Say("asked", paxoslog.Keys{"value": "red"})
	red := prepare([]*acceptor{a, b}, ballot{1, "A"}, "red")
	c.log.Say("asked", paxoslog.Keys{"value": "blue"})
	blue := prepare([]*acceptor{c, b}, ballot{2, "C"}, "blue")
	propose([]*acceptor{a, b}, ballot{1, "A"}, red)
	propose([]*acceptor{c, b}, ballot{2, "C"}, blue)
}
