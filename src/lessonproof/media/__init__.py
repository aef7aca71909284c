"""Reading recordings: the only room that opens media files. Bytes in, tables, frames and samples out."""
