"""One recipe, one source, two roads: few-shot banks and validated instruction-tuning datasets."""
