// The element <paxos-playground>; docs/embedding.md is the contract.
