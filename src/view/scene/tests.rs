//! Pictures say what happened.
