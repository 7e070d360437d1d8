"""The parts of a document as exact spans: sections, sentences, items, cells, pairs."""
