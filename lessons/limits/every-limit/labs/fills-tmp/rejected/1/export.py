"""Stands for a bucket with large files. There is nothing to repair in this file."""

PARTS = 6
PART_MB = 90
MEGABYTE = b"." * (1024 * 1024)
BASES = {"monday": 1200, "tuesday": 3400}


def copy(night, number, path):
    """Copy one part of a night's export to a file; its last line is its total."""
    with open(path, "wb") as part:
        for _ in range(PART_MB - 1):
            part.write(MEGABYTE)
        last_line = f"\ntotal={BASES[night] + 17 * number}".encode()
        part.write(MEGABYTE[len(last_line) :] + last_line)
