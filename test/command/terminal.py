"""Runs a program in a pseudo terminal: terminal.py COLUMNS ROWS PROGRAM [ARGUMENT]...

Lines of the standard input: `type TEXT`, `resize COLUMNS ROWS`, `signal NUMBER`. What the program writes is the standard
output. When it has ended, the standard error gets one JSON object: its exit code, and whether the terminal echoes.
"""

import fcntl
import json
import os
import select
import struct
import subprocess
import sys
import termios


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", int(rows), int(columns), 0, 0))


def obey(line, terminal, program):
    name, _, rest = line.partition(" ")
    if name == "type":
        os.write(terminal, rest.encode())
    elif name == "resize":
        resize(terminal, *rest.split())
    else:
        program.send_signal(int(rest))


def relay(terminal, program):
    """Until the program has ended and all of its output was read."""
    sources = [terminal, 0]
    while True:
        ready = select.select(sources, [], [], 0.05)[0]
        if not ready and program.poll() is not None:
            return
        for source in ready:
            data = os.read(source, 65536)
            if source == terminal:
                os.write(1, data)
            elif data:
                for line in filter(None, data.decode().split("\n")):
                    obey(line, terminal, program)
            else:
                sources.remove(0)


def own_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


columns, rows, *command = sys.argv[1:]
# This process keeps the side of the program open: the modes of the terminal are read when the program has ended.
terminal, side = os.openpty()
resize(terminal, columns, rows)
program = subprocess.Popen(command, stdin=side, stdout=side, stderr=side, preexec_fn=own_terminal)
relay(terminal, program)
modes = termios.tcgetattr(side)[3]
print(json.dumps({"code": program.returncode, "echoes": bool(modes & termios.ECHO)}), file=sys.stderr)
