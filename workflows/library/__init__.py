"""Definitions as the council reads them: folders, forms, drawings, checks. Computes; writes nothing."""
