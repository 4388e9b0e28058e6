"""What an operator does with a deployed stage, on AWS or on this machine: restore drills, dead letters."""
