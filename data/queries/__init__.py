"""SQL that the registry of measures cannot say: one file a question, named parameters."""
