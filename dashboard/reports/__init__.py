"""Reports that go out by themselves: a file says what, to whom and how often; each recipient gets the own view."""
