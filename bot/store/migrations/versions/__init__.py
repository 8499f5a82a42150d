"""One file a revision, `r0001_…` first."""
