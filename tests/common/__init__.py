"""Tests of what every room leans on."""
