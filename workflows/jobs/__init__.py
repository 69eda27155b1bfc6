"""What happens by itself: timers that fall due and jobs that were asked for, run in the background."""
