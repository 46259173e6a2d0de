"""What leaves the house after a closed run: payment files to the bank and what the bank answers."""
