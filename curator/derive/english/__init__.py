"""What English says and asks: words, phrases, and the questions that headings and cells answer."""
