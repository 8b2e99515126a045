"""Hypotheses (segment × UTP): threshold, sample plan, random arms, evidence, verdict."""
