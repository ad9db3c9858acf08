"""How simulated machines are reached: lines that carry bytes (and lose them), and real ptys."""
