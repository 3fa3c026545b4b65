#!/usr/bin/env python3
"""Grades a lab for Classroom 50 (its wiki, "Advanced Autograding"). Put this file into your classroom50 repository as
CLASSROOM/autograders/ASSIGNMENT/autograder.py, with the lab's number here, and have the assignment's runtime be the
image of scripts/image: {"container": {"image": "...", "user": "root"}}. The grader is the image's own clone of Duet: of
the student's checkout, which is the current folder, only the lab's files are taken. Exit status 0 if there is a result,
whatever its score; else the runner reports an error of the infrastructure."""

import os
import subprocess
import sys

LAB = "01"
TERM = "2026"
DUET = os.environ.get("DUET_CLONE", "/opt/duet/clone")  # where the image has it

status = subprocess.run([f"{DUET}/scripts/grade", "--lab", LAB, "--term", TERM, "--from", os.getcwd(),
                         "--format", f"classroom50={os.getcwd()}/result.json"]).returncode
sys.exit(0 if status in (0, 1) else status)
