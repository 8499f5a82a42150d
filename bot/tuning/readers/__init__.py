"""Files of one kind each, read as documents: from bytes to `Document`, or to an error that says what is wrong."""
