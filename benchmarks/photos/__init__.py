"""How well copies of photographs are told from honest photographs of one room; see ``__main__``."""
