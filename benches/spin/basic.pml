/*
 * The basic protocol (The Part-Time Parliament, section 2.3) for SPIN, with the states and the moves of `explore`.
 *
 * There are 3 or 4 nodes. The first 2 or 3 propose, each of them once and each its own decree. A move is: a proposer is asked, a message arrives, a
 * node crashes or restarts. What a node sends to itself arrives at once. Time is left out.
 *
 *   spin -DN=3 -DPROPOSERS=2 -DCRASHES=0 -a basic.pml && cc -O3 -DSAFETY -o pan pan.c && ./pan -m100000
 *
 * -DWITHOUT_PROMISE, _MAX_VOTE, _HIGHEST, _UNIQUE_BALLOTS, _MAJORITY and _MEMORY each switch off one rule, as the line
 * `without` of a script does. Each condition of the paper is an assertion at the step that can break it.
 *
 * A ballot is a number that grows with (sequence number, owner); 0 is the ballot before all. A vote is a ballot and a decree,
 * and grows with its ballot; 0 is no vote. A set of nodes has a bit for each. A proposer starts one ballot at most, so the
 * messages of one kind that are under way in its ballot are a set of nodes, and what happened in its ballot is told by sets
 * of nodes too.
 */

#ifndef N
#define N 3
#endif
#ifndef PROPOSERS
#define PROPOSERS 2
#endif
#ifndef CRASHES
#define CRASHES 0
#endif

#ifdef WITHOUT_MAJORITY
#define QUORUM (N / 2)
#else
#define QUORUM (N / 2 + 1)
#endif

#define BIT(n) (1 << (n))
#define HAS(set, n) (((set) >> (n)) & 1)
#define SIZE(set) (HAS(set, 0) + HAS(set, 1) + HAS(set, 2) + HAS(set, 3))
#define OTHERS(n) ((BIT(N) - 1) & ~BIT(n))

#ifdef WITHOUT_UNIQUE_BALLOTS
#define BALLOT(number, owner) ((number) * N)
#define PROMISES(next_bal, ballot) ((next_bal) <= (ballot))
#else
#define BALLOT(number, owner) ((number) * N + (owner))
#define PROMISES(next_bal, ballot) ((next_bal) < (ballot))
#endif
#define VOTE(ballot, decree) ((ballot) * PROPOSERS + (decree))
#define BALLOT_OF(vote) ((vote) / PROPOSERS)
#define DECREE_OF(vote) ((vote) % PROPOSERS)

#define BLANK 0
#define ASKING 1
#define BALLOTING 2

/* The nodes: three cells of stable storage, the ledger (a decree and 1), and whether a node is down. */
byte next_bal[N];
byte prev_vote[N];
byte ledger[N];
byte down;
byte crashes = CRASHES;

/* The proposers: the fourth cell, and the slip of paper: who has answered, with the lowest and the highest vote. */
byte last_tried[PROPOSERS];
byte slip[PROPOSERS];
byte heard[PROPOSERS];
byte lowest[PROPOSERS];
byte highest[PROPOSERS];

/* The network: to whom NextBallot, BeginBallot and Success are under way, and from whom LastVote and Voted. */
byte asks[PROPOSERS];
byte answers[PROPOSERS];
byte begins[PROPOSERS];
byte votes[PROPOSERS];
byte successes[PROPOSERS];

/* What happened: who promised and which vote each of them told, the vote that was begun and its quorum, who voted, and what
 * was learned (a decree and 1). */
byte promised[PROPOSERS];
byte told[PROPOSERS * N];
byte begun[PROPOSERS];
byte used[PROPOSERS];
byte voted[PROPOSERS];
byte learned;

/* Scratch paper of a step, clean after it. SPIN keeps it out of the states, but only in a search in depth; a search in breadth
 * takes -DBREADTH here and -DBFS for the compiler. */
#ifdef BREADTH
#define SCRATCH byte
#else
#define SCRATCH hidden byte
#endif
SCRATCH q, r, m, best, decree;
#define CLEAN q = 0; r = 0; m = 0; best = 0; decree = 0

/* MaxVote(b, n): `best` becomes the last vote of node n below this ballot. */
inline max_vote(n, ballot) {
    best = 0;
    m = 0;
    do
    :: m < PROPOSERS ->
        if
        :: HAS(voted[m], n) && BALLOT_OF(begun[m]) < ballot && begun[m] > best -> best = begun[m]
        :: else
        fi;
        m++
    :: else -> break
    od
}

/* B3 for each ballot that was begun: its decree is that of the highest vote below it in its quorum. */
inline check_b3() {
    r = 0;
    do
    :: r < PROPOSERS ->
        if
        :: begun[r] ->
            q = 0;
            decree = 0;
            do
            :: q < N ->
                if
                :: HAS(used[r], q) ->
                    max_vote(q, BALLOT_OF(begun[r]));
                    if
                    :: best > decree -> decree = best
                    :: else
                    fi
                :: else
                fi;
                q++
            :: else -> break
            od;
            assert(decree == 0 || DECREE_OF(decree) == DECREE_OF(begun[r]))
        :: else
        fi;
        r++
    :: else -> break
    od
}

/* Node n writes the decree of p's ballot: agreement, and a quorum has voted. */
inline learn(p, n) {
    if
    :: ledger[n] == DECREE_OF(begun[p]) + 1
    :: else ->
        assert(learned == 0 || learned == DECREE_OF(begun[p]) + 1);
        assert(SIZE(voted[p]) >= QUORUM);
        if
        :: ledger[n] == 0 -> ledger[n] = DECREE_OF(begun[p]) + 1
        :: else
        fi;
        learned = DECREE_OF(begun[p]) + 1
    fi
}

/* Step 3a: p hears of a vote of node n. */
inline success(p, n) {
    if
    :: slip[p] == BALLOTING ->
        heard[p] = heard[p] | BIT(n);
        if
        :: SIZE(heard[p]) >= QUORUM ->
            slip[p] = BLANK;
            heard[p] = 0;
            learn(p, p);
            successes[p] = OTHERS(p)
        :: else
        fi
    :: else
    fi
}

/* Step 2b: node n votes in p's ballot, unless it has promised a later one. */
inline vote(p, n) {
    if
#ifdef WITHOUT_PROMISE
    :: true ->
#else
    :: next_bal[n] == BALLOT_OF(begun[p]) ->
#endif
        if
        :: next_bal[n] < BALLOT_OF(begun[p]) -> next_bal[n] = BALLOT_OF(begun[p])
        :: else
        fi;
        if
        :: prev_vote[n] != begun[p] ->
            prev_vote[n] = begun[p];
            /* No promise excludes this vote, and votes only grow. */
            r = 0;
            do
            :: r < PROPOSERS ->
                assert(!(HAS(promised[r], n) && last_tried[r] > BALLOT_OF(begun[p])
                    && BALLOT_OF(told[r * N + n]) < BALLOT_OF(begun[p])));
                assert(!(HAS(voted[r], n) && BALLOT_OF(begun[r]) > BALLOT_OF(begun[p])));
                r++
            :: else -> break
            od;
            voted[p] = voted[p] | BIT(n);
            check_b3()
        :: else
        fi;
        if
        :: n == p -> success(p, n)
        :: else -> votes[p] = votes[p] | BIT(n)
        fi
    :: else
    fi
}

/* Step 2a: p hears the last vote of node n. */
inline begin_ballot(p, n) {
    if
    :: slip[p] == ASKING ->
        heard[p] = heard[p] | BIT(n);
        best = told[p * N + n];
        if
        :: best > highest[p] -> highest[p] = best
        :: else
        fi;
        if
        :: best && (lowest[p] == 0 || best < lowest[p]) -> lowest[p] = best
        :: else
        fi;
        if
        :: SIZE(heard[p]) >= QUORUM ->
#ifdef WITHOUT_HIGHEST
            best = lowest[p];
#else
            best = highest[p];
#endif
#ifdef WITHOUT_MAX_VOTE
            best = 0;
#endif
            begun[p] = VOTE(last_tried[p], (best -> DECREE_OF(best) : p));
            used[p] = heard[p];
            slip[p] = BALLOTING;
            heard[p] = 0;
            highest[p] = 0;
            lowest[p] = 0;
            /* B1 and B2. */
            r = 0;
            do
            :: r < PROPOSERS ->
                assert(r == p || begun[r] == 0
                    || (BALLOT_OF(begun[r]) != last_tried[p] && (used[r] & used[p]) != 0));
                r++
            :: else -> break
            od;
            check_b3();
            begins[p] = OTHERS(p);
            vote(p, p)
        :: else
        fi
    :: else
    fi
}

/* Step 1b: node n promises p's ballot. */
inline last_vote(p, n) {
    if
    :: PROMISES(next_bal[n], last_tried[p]) ->
        next_bal[n] = last_tried[p];
        /* The vote that is told is the last one below, and the promises of a node only grow. */
        max_vote(n, last_tried[p]);
        assert(best == prev_vote[n]);
        r = 0;
        do
        :: r < PROPOSERS ->
            assert(!(HAS(promised[r], n) && last_tried[r] > last_tried[p]));
            assert(!(HAS(voted[r], n) && BALLOT_OF(begun[r]) > last_tried[p]));
            r++
        :: else -> break
        od;
        promised[p] = promised[p] | BIT(n);
        told[p * N + n] = prev_vote[n];
        if
        :: n == p -> begin_ballot(p, n)
        :: else -> answers[p] = answers[p] | BIT(n)
        fi
    :: else
    fi
}

/* Step 1a: the number is the next one after every ballot that p has tried or promised. */
inline next_ballot(p) {
    last_tried[p] = BALLOT(next_bal[p] / N + 1, p);
    slip[p] = ASKING;
    asks[p] = OTHERS(p);
    last_vote(p, p)
}

inline crash(n) {
    crashes--;
    down = down | BIT(n);
#ifdef WITHOUT_MEMORY
    next_bal[n] = 0;
    prev_vote[n] = 0;
#endif
    if
    :: n < PROPOSERS -> slip[n] = BLANK; heard[n] = 0; lowest[n] = 0; highest[n] = 0
    :: else
    fi
}

#define UP(n) !HAS(down, n)

/* The moves of one node. */
#define NODE(n) \
    :: d_step { CRASHES > 0 && crashes && UP(n) -> crash(n) } \
    :: d_step { CRASHES > 0 && HAS(down, n) -> down = down & ~BIT(n) }

/* The moves of the messages between proposer p and node n. */
#define PAIR(p, n) \
    :: d_step { HAS(asks[p], n) && UP(n) -> asks[p] = asks[p] & ~BIT(n); last_vote(p, n); CLEAN } \
    :: d_step { HAS(answers[p], n) && UP(p) -> answers[p] = answers[p] & ~BIT(n); begin_ballot(p, n); CLEAN } \
    :: d_step { HAS(begins[p], n) && UP(n) -> begins[p] = begins[p] & ~BIT(n); vote(p, n); CLEAN } \
    :: d_step { HAS(votes[p], n) && UP(p) -> votes[p] = votes[p] & ~BIT(n); success(p, n); CLEAN } \
    :: d_step { HAS(successes[p], n) && UP(n) -> successes[p] = successes[p] & ~BIT(n); learn(p, n) }

#define PROPOSER(p) \
    :: d_step { last_tried[p] == 0 && UP(p) -> next_ballot(p); CLEAN } \
    PAIR(p, 0) PAIR(p, 1) PAIR(p, 2) LAST_PAIR(p)

#if N > 3
#define LAST_PAIR(p) PAIR(p, 3)
#define LAST_NODE NODE(3)
#else
#define LAST_PAIR(p)
#define LAST_NODE
#endif

#if PROPOSERS > 2
#define LAST_PROPOSER PROPOSER(2)
#else
#define LAST_PROPOSER
#endif

active proctype cluster() {
end:
    do
    PROPOSER(0) PROPOSER(1) LAST_PROPOSER
    NODE(0) NODE(1) NODE(2) LAST_NODE
    od
}
