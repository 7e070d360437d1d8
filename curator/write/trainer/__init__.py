"""Write rows as a GPU job reads them: tokenised, masked, packed, each mask proven."""
