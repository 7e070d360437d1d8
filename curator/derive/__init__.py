"""Documents -> examples, one pattern a file: each answer is a span of the document it is from."""
