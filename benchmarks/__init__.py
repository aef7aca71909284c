"""Benchmarks of LessonProof, and the lesson synthesiser that tests and demo share with them."""
